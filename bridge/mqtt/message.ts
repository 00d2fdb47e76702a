import type { IClientPublishOptions } from 'mqtt';

/** Something to publish. */
export interface Message {
  readonly topic: string;
  readonly payload: Buffer;
  readonly options: IClientPublishOptions;
}
