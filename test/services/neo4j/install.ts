// Run once before the tests of this folder: fetches the server's jars, unless they were fetched before.
import { fetchServer } from "./build.ts";

fetchServer();
