// A circuit breaker (cockatiel's): after failures in a row it stops asking for a while, then tries once (contracts.md §6).
import { BrokenCircuitError, CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhen } from "cockatiel";

/** Where a breaker stands; `isolated` of cockatiel is not used. */
export type BreakerState = "closed" | "open" | "half-open";

/** Values of the metric `kg_circuit_breaker_state` (contracts.md §5). */
export const BREAKER_STATE_VALUES: Readonly<Record<BreakerState, number>> = { closed: 0, open: 1, "half-open": 2 };

/** How many failures in a row open it, and for how long. */
export type BreakerOptions = {
  /** 1 or more; default 5. */
  readonly failuresMax?: number;
  /** Milliseconds until one try is let through; default 60 s. By the machine's clock: cockatiel takes no other. */
  readonly halfOpenAfterMs?: number;
  /** Which errors count; a caller's own mistake should not. Default: all. */
  readonly countsAsFailure?: (error: unknown) => boolean;
  readonly onStateChange?: (state: BreakerState) => void;
};

/** Guards calls to something that may be down. */
export type Breaker = {
  /** Runs `work`, or rejects at once (see `isBreakerOpen`) while the breaker is open. */
  run<T>(work: () => Promise<T>): Promise<T>;
  readonly state: BreakerState;
};

/** A closed breaker. */
export function createBreaker(options: BreakerOptions = {}): Breaker {
  const countsAsFailure = options.countsAsFailure ?? (() => true);
  const policy = circuitBreaker(handleWhen(countsAsFailure), {
    halfOpenAfter: options.halfOpenAfterMs ?? 60_000,
    breaker: new ConsecutiveBreaker(options.failuresMax ?? 5),
  });
  if (options.onStateChange) {
    const { onStateChange } = options;
    policy.onStateChange((state) => onStateChange(stateName(state)));
  }
  return {
    run: (work) => policy.execute(() => work()),
    get state() {
      return stateName(policy.state);
    },
  };
}

/** Whether `run` was refused without running, because the breaker is open. */
export function isBreakerOpen(error: unknown): boolean {
  return error instanceof BrokenCircuitError;
}

function stateName(state: CircuitState): BreakerState {
  if (state === CircuitState.Closed) return "closed";
  return state === CircuitState.HalfOpen ? "half-open" : "open";
}
