// While many guesses are being made the server asks for a proof of work: it is done here and nobody has to do anything.
import type { Challenge } from "altcha-lib/types";
import { create } from "zustand";
import { Problem } from "../problems";

const ASKED_FOR = "proof_of_work_required";
const DEADLINE_MS = 120_000; // an old telephone takes some seconds

/** Whether a proof is being worked out, so that somebody who waits can be told why. */
export const useProofOfWork = create<{ isWorking: boolean }>(() => ({ isWorking: false }));

/** Send; when the answer asks for work, do it and send once more with the proof. Throws Problem. */
export async function answerAfterWork(send: (altcha?: string) => Promise<Response>): Promise<Response> {
  const answer = await send();
  const challenge = await challengeIn(answer);
  if (challenge === undefined) return answer;
  useProofOfWork.setState({ isWorking: true });
  try {
    return await send(await solvedBeside(challenge));
  } finally {
    useProofOfWork.setState({ isWorking: false });
  }
}

async function challengeIn(answer: Response): Promise<Challenge | undefined> {
  if (answer.status !== 428) return undefined;
  const body: unknown = await answer
    .clone()
    .json()
    .catch(() => undefined);
  if (typeof body !== "object" || body === null || !("challenge" in body)) return undefined;
  return body.challenge as Challenge;
}

/** Solve in a worker that is loaded only now. */
async function solvedBeside(challenge: Challenge): Promise<string> {
  const worker = new Worker(new URL("./solve.worker.ts", import.meta.url), { type: "module" });
  try {
    return await new Promise<string>((resolve, reject) => {
      const fail = () => reject(new Problem(ASKED_FOR, "This browser could not do the work.", 0));
      worker.onmessage = ({ data }: MessageEvent<string>) => resolve(data);
      worker.onerror = fail;
      setTimeout(fail, DEADLINE_MS);
      worker.postMessage(challenge);
    });
  } finally {
    worker.terminate();
  }
}
