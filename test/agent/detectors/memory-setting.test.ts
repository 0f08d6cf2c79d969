// Which names say that a setting sizes memory.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isMemorySetting } from "../../../agent/detectors/memory-setting.ts";

test("names of heaps, caches and memory limits are memory settings, names that only contain such letters are not", () => {
  for (const name of ["MEM_LIMIT_MB", "JAVA_MAX_HEAP", "cacheSizeMb", "GOMEMLIMIT", "redis.maxmemory", "shared-buffer-size"])
    assert.ok(isMemorySetting(name), name);
  for (const name of ["MEMBER_COUNT", "REMEMBER_ME", "CACHED_BY", "LOG_LEVEL", "PROGRAM", "timeout"])
    assert.ok(!isMemorySetting(name), name);
});
