// All change detectors, as one list.
import { changeConfigMap, changeSecret } from "./change-config.ts";
import { changeLabels } from "./change-labels.ts";
import { changeNode } from "./change-node.ts";
import { changeService } from "./change-service.ts";
import { CHANGE_SPECS } from "./change-specs.ts";
import { changePodImage, changeWorkload } from "./change-workload.ts";
import type { ChangeDetector } from "./detector.ts";

/** Every change detector; an object goes to all whose `kinds` name its kind. */
export const CHANGE_DETECTORS: readonly ChangeDetector[] = [
  changeWorkload,
  changePodImage,
  changeConfigMap,
  changeSecret,
  changeService,
  changeNode,
  changeLabels,
  ...CHANGE_SPECS,
];
