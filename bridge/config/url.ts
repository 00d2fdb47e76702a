import * as z from 'zod';

/**
 * A URL of one of these schemes, without user name and password.
 *
 * @param credentials where those go instead, as a sentence
 */
export function urlOf(schemes: string[], credentials: string) {
  return z.string().superRefine((value, context) => {
    const url = URL.canParse(value) ? new URL(value) : undefined;
    if (url && (url.username || url.password)) {
      context.addIssue({
        code: 'custom',
        message: `has a user name or password in it, where everybody who reads logs sees it. ${credentials}`,
      });
    } else if (!url?.hostname || !schemes.some((scheme) => value.startsWith(`${scheme}://`))) {
      context.addIssue({
        code: 'custom',
        message: `is "${value}", but must be a URL that begins with ${schemes.join('://, ')}://`,
      });
    }
  });
}
