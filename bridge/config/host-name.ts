/**
 * Says why `host` is not the host of a URL, as URLs have it: in lower case, and with a port only where it is not the
 * usual one.
 */
export function hostProblem(host: string): string | undefined {
  if (host.includes('*')) return 'hosts are named one by one, without *';
  const isHost = ['http', 'https'].some((scheme) => {
    const url = `${scheme}://${host}`;
    return URL.canParse(url) && new URL(url).host === host;
  });
  return isHost ? undefined : 'must be a host in lower case, with a port where it is not the usual one';
}
