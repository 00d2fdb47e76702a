import type { ApiObject, Size } from 'cdk8s';
import type { Construct } from 'constructs';
import type { PathMatch } from '../../naming/http-paths';
import type { BasicAuth } from './basic-auth';
import type { HttpBackend } from './http-backend';

/** What all routes of one HttpRoutes share. */
export interface Site {
  /** Objects are named after it. */
  readonly name: string;
  readonly namespace: string;
  readonly hosts: string[];
  /** The Secret with the certificate, when the routes end TLS. */
  readonly tlsSecretName: string | undefined;
}

/** A route with its defaults filled in. */
export interface SiteRoute {
  /** Of its objects, unique within the namespace. */
  readonly objectName: string;
  /** None for every host there is. */
  readonly hosts: string[];
  readonly path: string;
  readonly match: PathMatch;
  readonly backend: HttpBackend;
  readonly rewriteTo: string | undefined;
  readonly affinityCookie: string | undefined;
  readonly auth: BasicAuth | undefined;
  readonly maxBody: Size | undefined;
  readonly requestsPerSecond: number | undefined;
}

/** What not every controller can do. */
export type Wish = 'affinityCookie' | 'auth' | 'maxBody' | 'requestsPerSecond' | 'tls';

/** How one kind of controller is told about routes. */
export interface HttpRenderer {
  /** Its name in messages. */
  readonly controller: string;
  /** Equal for two that listen at one address, so that routes of both meet there. */
  readonly listener: string;
  /** Where its pods run, if not in the namespace of the routes. */
  readonly podNamespace: string | undefined;
  /** Whether clients use TLS to it without the routes saying so. */
  readonly endsTls: boolean;
  /** What it cannot do, and why. */
  readonly refusals: ReadonlyMap<Wish, string>;
  /** What is worth knowing about it. */
  readonly warning: string | undefined;
  /** Why requests for a host would not arrive at it, if they would not. */
  hostProblem(host: string): string | undefined;
  /** The objects that the routes share. */
  shared(scope: Construct, site: Site): ApiObject[];
  /** The objects of one route. */
  route(scope: Construct, site: Site, route: SiteRoute): ApiObject[];
}
