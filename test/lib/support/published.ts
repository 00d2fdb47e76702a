import { Chart } from 'cdk8s';
import {
  CertificateIssuer,
  CertManagerCertificates,
  type EdgeApp,
  ExternalDnsRecords,
  HostLayout,
  type IPublishedHosts,
} from '../../../lib';
import { declareHost } from '../../../lib/synth/served-hosts';

/** A platform with two namespaces and one model, as certificates and records see it. */
export const PUBLISHED: IPublishedHosts = {
  domain: 'platform.example.com',
  namespaces: ['staging', 'prod'],
  hostLayout: HostLayout.PER_NAMESPACE,
  hosts: ['iris.staging.platform.example.com'],
};

/** The same with this many namespaces. */
export function publishedWith(count: number): IPublishedHosts {
  return { ...PUBLISHED, hosts: [], namespaces: Array.from({ length: count }, (_, i) => `team-${i + 1}`) };
}

export const ISSUER: CertificateIssuer = CertificateIssuer.clusterIssuer('letsencrypt');

/** Certificates of Istio's gateway. */
export function certificatesIn(app: EdgeApp, platform = PUBLISHED): CertManagerCertificates {
  return new CertManagerCertificates(app, 'certificates', { platform, issuer: ISSUER, namespace: 'istio-system' });
}

/** Records that lead to a gateway. */
export function recordsIn(app: EdgeApp, platform = PUBLISHED): ExternalDnsRecords {
  return new ExternalDnsRecords(app, 'records', { platform, target: 'gateway.example.net' });
}

/** Something in the app, with the path `gateway`, that answers to hosts. */
export function serve(app: EdgeApp, tls: boolean, ...hosts: string[]): void {
  const gateway = new Chart(app, 'gateway');
  for (const host of hosts) declareHost(gateway, host, tls);
}
