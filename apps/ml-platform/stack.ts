import { BasicAuth, CertificateIssuer, type EdgeApp, HttpEntry, HttpTls, MlServices } from '../../lib';

/** System E: four services behind one front door. */
export function mlPlatform(app: EdgeApp): MlServices {
  return new MlServices(app, 'ml', {
    image: 'registry.example.com/ml-platform:0.2.0',
    entry: HttpEntry.traefik(),
    hosts: ['ml-system-service-api.com'],
    infoHosts: ['ml-info-service.com'],
    tls: HttpTls.fromIssuer(CertificateIssuer.clusterIssuer('letsencrypt')),
    trainAuth: BasicAuth.fromSecret('ml-trainers'),
  });
}
