// Run once before the tests of this folder: builds the control plane, unless it was built before.
import { buildControlPlane } from "./build.ts";

buildControlPlane();
