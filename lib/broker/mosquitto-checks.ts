import { EdgeError } from '../errors';
import { dnsLabelProblem, workloadNameProblem } from '../naming/kubernetes-names';
import type { MosquittoProps } from './mosquitto-props';
import { MosquittoVersion } from './mosquitto-version';

/**
 * Refuses listeners that no client could use.
 *
 * @throws EdgeError EDGE_ERR_BROKER_TLS
 */
export function checkListeners({ tls, clientCertificates, plainListeners, version }: MosquittoProps): void {
  const refuse = (at: string, value: unknown, rule: string, fix: string): never => {
    throw new EdgeError('EDGE_ERR_BROKER_TLS', { at: `Mosquitto.${at}`, value, rule, fix });
  };
  if (plainListeners === false && !tls) {
    refuse('plainListeners', false, 'without tls there would be no listener left', 'Set tls, or leave them on');
  }
  if (clientCertificates && !tls) {
    const rule = 'certificates are shown in a TLS handshake, for which the broker needs its own';
    refuse('clientCertificates', 'set', rule, 'Set tls');
  }
  if (clientCertificates && clientCertificates._source('ca.crt') === undefined) {
    const rule = 'a public authority signs certificates for anybody, under any name';
    refuse('clientCertificates', 'CertificateAuthority.PUBLIC', rule, 'Use an authority of your own');
  }
  if (tls?.minimumVersion === 'TLSv1.3' && (version ?? MosquittoVersion.V2_0).name === '2.0') {
    const rule = 'Mosquitto 2.0 takes TLS 1.2 from secure websockets all the same';
    refuse('tls.minimumVersion', 'TLSv1.3', rule, 'Use MosquittoVersion.V2_1, or leave it at TLSv1.2');
  }
}

/** @throws EdgeError EDGE_ERR_NAME */
export function validName(name: string): string {
  const rule = workloadNameProblem(name);
  if (!rule) return name;
  throw new EdgeError('EDGE_ERR_NAME', { at: 'Mosquitto.name', value: name, rule, fix: 'Choose another name' });
}

/** @throws EdgeError EDGE_ERR_NAME */
export function validNamespace(at: string, namespace: string): string {
  const rule = dnsLabelProblem(namespace);
  if (!rule) return namespace;
  throw new EdgeError('EDGE_ERR_NAME', { at, value: namespace, rule, fix: 'Choose another name' });
}
