import * as pulumi from '@pulumi/pulumi';
import { PlatformCertificate as Certificates } from '../certificate/platform-certificate';
import { published } from './published';

export interface PlatformCertificateArgs {
  /** Models are published as <model>.<namespace>.<domain>. */
  readonly domain: string;
  /** The namespaces with models. */
  readonly namespaces: string[];
  /** Whether models are published as <model>-<namespace>.<domain> instead. By default they are not. */
  readonly flatHosts?: boolean;
  /** Ids of hosted zones by their names. Each validation record is made in the longest zone that its name is in. */
  readonly zones: Record<string, pulumi.Input<string>>;
  /** Further hosts, or wildcards. By default there are none. */
  readonly hosts?: string[];
  /** Names in one certificate: 2 to 100, and 10 by default, which is what ACM grants. */
  readonly maxNames?: number;
  /** Region of the load balancer. By default that of the provider. */
  readonly region?: pulumi.Input<string>;
  /** Tags of the certificates. */
  readonly tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** The certificates of a platform, issued by ACM, with their validation records in Route 53. */
export class PlatformCertificate extends Certificates implements pulumi.ComponentResource {
  /** That of the first certificate; known when ACM has issued it. */
  declare readonly certificateArn: pulumi.Output<string>;
  /** Those of all certificates. */
  readonly allCertificateArns: pulumi.Output<string[]>;

  constructor(name: string, args: PlatformCertificateArgs, opts?: pulumi.ComponentResourceOptions) {
    const { zones, hosts, maxNames, region, tags } = args;
    super(name, { platform: published(args), zones, hosts, maxNames, region, tags }, opts);
    this.allCertificateArns = pulumi.all(this.certificateArns);
  }
}
