/** The rest of a JSON object, behind the members it has already: `,"a":1}`, or `}` where there is none. */
export function membersBehind(object: Record<string, unknown>): string {
  const json = JSON.stringify(object);
  return json === '{}' ? '}' : `,${json.slice(1)}`;
}
