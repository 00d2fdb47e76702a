export const BATCH_DEFAULTS = {
  /** What a small model takes at once without being noticeably slower. */
  maxItems: 16,
  /** Less than a call takes, and more than a burst of messages is apart. */
  maxDelayMs: 5,
  /** A request that alone is this large costs so much to send that company does not make it cheaper. */
  maxBytes: 1024 * 1024,
} as const;
