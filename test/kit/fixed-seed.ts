// Property tests search the same examples on every run, so that a red run means a change; FC_SEED looks elsewhere.
import * as fc from "fast-check";

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env.FC_SEED ?? 20_261_125) });
