/** What travels in the scenarios: requests as a KServe model takes them, and answers as it gives them. */
export const REQUEST_TOPIC = 'faults/requests';
export const ANSWER_TOPIC = 'faults/answers';
export const DEAD_LETTER_TOPIC = 'faults/dead-letters';

/** @param delayMs how long the model is to take; it chooses for itself when nothing is said */
export function request(id: string, delayMs?: number): string {
  return JSON.stringify({ instances: [{ id, delayMs }] });
}

export function readRequest(body: string): { id: string; delayMs?: number } {
  const { instances } = JSON.parse(body) as { instances: [{ id: string; delayMs?: number }] };
  return instances[0];
}

export function answer(id: string): string {
  return JSON.stringify({ predictions: [id] });
}

/** @returns the id of the request, or nothing when this is an error reply */
export function readAnswer(payload: Buffer): string | undefined {
  const { predictions } = JSON.parse(payload.toString()) as { predictions?: [string] };
  return predictions?.[0];
}
