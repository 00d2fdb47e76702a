/** The topics a request and its answer travel on. */
export interface RouteTopics {
  readonly request: string;
  readonly reply: string;
  readonly deadLetter: string;
}

/** `<namespace>/<model>/input`, `/output` and `/dead-letter`. */
export function defaultTopics(namespace: string, model: string): RouteTopics {
  const prefix = `${namespace}/${model}`;
  return { request: `${prefix}/input`, reply: `${prefix}/output`, deadLetter: `${prefix}/dead-letter` };
}

/** The response topic that belongs to one client alone: only it may read what is published there. */
export function ownReplyTopic(replyTopic: string, client: string): string {
  return `${replyTopic}/${client}`;
}

/** The response topics that requests may name: one level below the reply topic, for {@link ownReplyTopic}. */
export function ownReplyTopics(replyTopic: string): string {
  return `${replyTopic}/+`;
}
