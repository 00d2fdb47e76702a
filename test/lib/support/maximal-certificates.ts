import { Duration } from 'cdk8s';
import {
  CertificateIssuer,
  CertManagerCertificates,
  type CertManagerCertificatesProps,
  DnsRecordType,
  type EdgeApp,
  ExternalDnsRecords,
  type ExternalDnsRecordsProps,
} from '../../../lib';
import { PUBLISHED } from './published';

/** Certificates and records with every prop set, and records without those that exclude others. */
export function maximalCertificates(app: EdgeApp) {
  const certificates: Required<CertManagerCertificatesProps> = {
    platform: PUBLISHED,
    issuer: CertificateIssuer.external('awspca.cert-manager.io', 'AWSPCAClusterIssuer', 'pca'),
    namespace: 'istio-system',
    name: 'edge',
    hosts: ['mqtt.example.com', '*.example.org'],
    maxNames: 3,
    certifiedElsewhere: ['metrics.example.com'],
  };
  const records: Required<ExternalDnsRecordsProps> = {
    platform: PUBLISHED,
    target: 'k8s-istio-1234567890.eu-west-1.elb.amazonaws.com',
    namespaceTarget: 'k8s-api-1234567890.eu-west-1.elb.amazonaws.com',
    recordType: DnsRecordType.CNAME,
    ttl: Duration.seconds(77),
    hosts: ['mqtt.example.com'],
    zones: ['example.com', 'platform.example.com'],
    recordedElsewhere: ['metrics.example.com'],
    namespace: 'dns',
    name: 'edge',
  };
  return {
    certificates: new CertManagerCertificates(app, 'certificates', certificates),
    records: new ExternalDnsRecords(app, 'records', records),
    aliases: new ExternalDnsRecords(app, 'aliases', {
      platform: { ...PUBLISHED, hosts: [], domain: 'example.net' },
      target: 'k8s-istio-1234567890.eu-west-1.elb.amazonaws.com',
    }),
    addresses: new ExternalDnsRecords(app, 'addresses', {
      platform: { ...PUBLISHED, hosts: [], domain: 'example.org' },
      target: '203.0.113.7',
      name: 'addresses',
    }),
  };
}
