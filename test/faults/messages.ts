/** What travels in the scenarios: requests as a KServe model takes them, and answers as it gives them. */
export const REQUEST_TOPIC = 'faults/requests';
export const ANSWER_TOPIC = 'faults/answers';
/** Where requesters may have answers sent to. */
export const OWN_ANSWER_TOPIC = 'faults/answers/own';
export const DEAD_LETTER_TOPIC = 'faults/dead-letters';

/** What a request asks of the model, where that is not left to the model. */
export interface Wish {
  /** How long the model is to take. */
  readonly delayMs?: number;
  /** How much it is to say. */
  readonly answerBytes?: number;
}

export function request(id: string, wish: Wish = {}): string {
  return JSON.stringify({ instances: [{ id, ...wish }] });
}

export function readRequest(body: string): Wish & { readonly id: string } {
  const { instances } = JSON.parse(body) as { instances: [Wish & { id: string }] };
  return instances[0];
}

export function answer(id: string, bytes = 0): string {
  return JSON.stringify({ predictions: [id], padding: bytes > 0 ? 'x'.repeat(bytes) : undefined });
}

/** What the bridge says to a requester: the id of the request that was answered, or the code of an error. */
export type Reply = { readonly id: string } | { readonly code: string };

export function readReply(payload: Buffer): Reply {
  return replyOf(JSON.parse(payload.toString()));
}

/** @param body of a reply, read as JSON */
export function replyOf(body: unknown): Reply {
  const reply = body as { predictions: [string] } | { error: { code: string } };
  return 'error' in reply ? { code: reply.error.code } : { id: reply.predictions[0] };
}
