import type { Duration } from 'cdk8s';
import type { ISecret } from '../kubernetes/plus';

export interface ServiceAccountTokenOptions {
  /**
   * Whom the token is made for: its claim `aud`.
   *
   * Gateways hand it on to the model. So it is by default not made for the API server, which takes no token of another
   * audience: whoever runs a model cannot use it there.
   *
   * @default 'edge-inference'
   */
  readonly audience?: string;
  /**
   * How long a token counts. The kubelet replaces it when four fifths of that are over, and the bridge sends the new one
   * from then on. At least 10 minutes.
   *
   * @default Duration.hours(1)
   */
  readonly expiration?: Duration;
}

export interface ClientCredentialsOptions {
  /** Where tokens are issued. Either this or `issuer`. @default - the issuer says it */
  readonly tokenUrl?: string;
  /** Who issues tokens, and says at `/.well-known/openid-configuration` where. @default - `tokenUrl` is known */
  readonly issuer?: string;
  /** Whom the issuer knows the bridge as. */
  readonly clientId: string;
  /** The Secret with the client's secret, in the bridge's namespace, or its name. */
  readonly secret: ISecret | string;
  /** Which entry of the Secret. @default 'client-secret' */
  readonly secretKey?: string;
  /** What the token is to be good for. @default - what the issuer gives without being asked */
  readonly scope?: string;
  /** Whom the token is made for, for issuers that want to be told. @default - what the issuer gives without being asked */
  readonly audience?: string;
  /**
   * Whether id and secret are sent in the form instead of the header `Authorization`, for issuers that do not take them
   * there.
   *
   * @default false
   */
  readonly secretInForm?: boolean;
}

export interface DexFormOptions {
  /**
   * The gateway that asks for the login, as the bridge reaches it. Models are called there, by their hosts outside of the
   * cluster: `http://istio-ingressgateway.istio-system.svc.cluster.local` for Kubeflow's.
   */
  readonly gateway: string;
  /** The Secret with user name and password, in the bridge's namespace, or its name. */
  readonly secret: ISecret | string;
  /** Which entry of the Secret is the user name. @default 'username' */
  readonly usernameKey?: string;
  /** Which entry of the Secret is the password. @default 'password' */
  readonly passwordKey?: string;
  /** Which of several ways to log in Dex is to take. @default 'local', its own passwords */
  readonly connector?: string;
  /** Hosts that the login may lead to besides the gateway: Dex, where it has a host of its own. @default - none */
  readonly allowedHosts?: string[];
}
