import type { IClientPublishOptions } from 'mqtt';

/** Something to publish. */
export interface Message {
  readonly topic: string;
  readonly payload: Buffer;
  readonly options: IClientPublishOptions;
}

/** What the broker said: taken, or never to be taken. */
export type PublishResult =
  | { readonly accepted: true }
  | { readonly accepted: false; readonly why: 'refused' | 'too large'; readonly message: string };
