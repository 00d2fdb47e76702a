import { PlatformCertificate, type PlatformCertificateArgs } from 'cdk8s-edge-inference/pulumi';

/** A program of a user of the library. */
export function certificateArn(args: PlatformCertificateArgs) {
  return new PlatformCertificate('platform', args).certificateArn;
}
