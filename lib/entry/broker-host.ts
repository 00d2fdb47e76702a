import type { Construct } from 'constructs';
import { EdgeError } from '../errors';
import { tlsCovers } from '../naming/host-coverage';
import { declareHost } from '../synth/served-hosts';

/** The host of a broker, and what devices see there. */
export interface BrokerHost {
  readonly host: string;
  /** Whether devices use TLS. */
  readonly tls: boolean;
  /** All names in the certificate that they see, where the app makes it for this broker. */
  readonly certifiedNames: string[] | undefined;
}

/**
 * Declares the host of a broker. A certificate of the broker's own is looked at here, all others with those of the app.
 *
 * @throws EdgeError EDGE_ERR_HOST_CERTIFICATE for a host that the broker's own certificate does not cover
 */
export function declareBrokerHost(construct: Construct, { host, tls, certifiedNames }: BrokerHost): void {
  if (certifiedNames && !tlsCovers(certifiedNames, host)) {
    throw new EdgeError('EDGE_ERR_HOST_CERTIFICATE', {
      at: 'a host whose TLS is passed through to the broker',
      value: host,
      rule: `the broker's certificate has the names ${certifiedNames.join(', ')}`,
      fix: `Add "${host}" to dnsNames of MosquittoTls.fromCertManager(..)`,
    });
  }
  declareHost(construct, host, tls && certifiedNames === undefined);
}
