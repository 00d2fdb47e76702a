/**
 * Whether the requester would rather come back for the answer than wait for it.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7240#section-4.1
 */
export function prefersAsync(prefer: string | string[] | undefined): boolean {
  return [prefer ?? []]
    .flat()
    .some((line) =>
      line.split(',').some((preference) => /^respond-async$/i.test((preference.split(/[;=]/)[0] ?? '').trim())),
    );
}
