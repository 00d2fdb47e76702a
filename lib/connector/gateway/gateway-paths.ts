/** Where a gateway's pods have what is in Secrets, besides what every client of RabbitMQ has. */
export const GATEWAY_PATHS = {
  certificate: '/var/run/gateway-certificate',
  clientAuthority: '/var/run/client-authority',
  authorityFile: 'ca.crt',
  mqttCredentials: '/var/run/mqtt-credentials',
  mqttAuthority: '/var/run/mqtt-authority',
  mqttCertificate: '/var/run/mqtt-certificate',
} as const;
