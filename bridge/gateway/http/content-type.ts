/** Says why a body of this type is not taken, or nothing when it is. */
export function contentTypeProblem(
  type: string | undefined,
  encoding: string | undefined,
  taken: readonly string[],
): string | undefined {
  const rule = `the route takes ${taken.join(', ')}`;
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    return `the body is encoded (Content-Encoding), and is to come as it is`;
  }
  if (type === undefined || type.trim() === '') return `there is no Content-Type, and ${rule}`;
  if (!taken.includes(mediaTypeOf(type))) return `the Content-Type is another, and ${rule}`;
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(type)?.[1];
  if (charset === undefined || /^(utf-?8|us-ascii)$/i.test(charset)) return undefined;
  return 'its charset is not UTF-8, which JSON is written in';
}

/** @param type without parameters */
export function isJsonType(type: string): boolean {
  return /^application\/([\w.+-]+\+)?json$/.test(type);
}

/** Without parameters, and in lower case. */
export function mediaTypeOf(type: string): string {
  return (type.split(';')[0] ?? '').trim().toLowerCase();
}
