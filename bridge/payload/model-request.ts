/** What a model is sent. */
export interface ModelRequest {
  readonly body: Buffer;
  /** In place of the route's own of the same name. */
  readonly headers?: Record<string, string>;
}
