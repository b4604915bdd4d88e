// How long to wait before another try.

const FIRST_MS = 500;
const CAP_MS = 15_000;

/** Full jitter: uniform below `min(cap, first·2^tries)` (AWS Architecture Blog, 2015), so that clients do not return in step. */
export function retryDelay(tries: number, random: () => number = Math.random): number {
  return random() * Math.min(CAP_MS, FIRST_MS * 2 ** tries);
}
