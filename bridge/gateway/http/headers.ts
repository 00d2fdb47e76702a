/** What Node writes into a header; whoever answers may have sent anything. */
const WRITABLE = /^[\t\x20-\x7e]*$/;

/**
 * The headers of these names, as far as HTTP takes their values.
 *
 * @param names in lower case, in which they are returned
 */
export function selected(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  names: readonly string[],
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const lowerCase = name.toLowerCase();
    const text = Array.isArray(value) ? value.join(', ') : value;
    if (text !== undefined && names.includes(lowerCase) && isWritable(text)) found[lowerCase] = text;
  }
  return found;
}

export function isWritable(value: string): boolean {
  return WRITABLE.test(value);
}
