import { validateHeaderName, validateHeaderValue } from 'node:http';

/**
 * Reads `name: value` lines; empty ones and those that begin with # are skipped.
 *
 * @throws Error with the number of the line that is wrong, and nothing of what it says
 */
export function parseHeaderLines(text: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [i, line] of text.split('\n').entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const [, name = '', value = ''] = /^([^:]*):(.*)$/.exec(line.trim()) ?? [];
    if (!isHeader(name.trim(), value.trim())) {
      throw new Error(`line ${i + 1} of the file with headers for the collector is not of the form "name: value"`);
    }
    headers[name.trim().toLowerCase()] = value.trim();
  }
  return headers;
}

function isHeader(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return value !== '';
  } catch {
    return false;
  }
}
