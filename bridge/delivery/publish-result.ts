/** What the broker said to a message: taken, or never to be taken. */
export type PublishResult =
  | { readonly accepted: true }
  | { readonly accepted: false; readonly why: 'refused' | 'too large' | 'unroutable'; readonly message: string };
