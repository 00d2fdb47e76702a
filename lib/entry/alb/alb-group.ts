import type { Duration } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { describe } from '../../errors';
import { albPatternCovers } from '../../naming/alb-rules';
import { InferenceModel } from '../../serving/inference-model';
import { AlbScheme } from './alb-exposure';
import type { AlbRule } from './alb-rules';

const GROUPS = Symbol.for('cdk8s-edge-inference.albGroups');
const LEAST_IDLE_SECONDS = 60;
/** Between a model's own timeout and the load balancer's, so that the answer is the model's. */
const MARGIN_SECONDS = 5;

interface WithGroups {
  [GROUPS]?: Map<string, AlbGroup>;
}

/** What an Ingress of a group says about the load balancer they share, as far as it says anything. */
interface AlbWishes {
  readonly scheme: AlbScheme | undefined;
  readonly sslPolicy: string | undefined;
  readonly idleTimeout: Duration | undefined;
}

/** An Ingress with rules of its own. */
export interface AlbMember {
  /** Of its construct. */
  readonly path: string;
  /** `<namespace>/<name>` of the Ingress: what the controller sorts by among those of one order. */
  readonly key: string;
  readonly order: number;
  readonly rules: readonly AlbRule[];
  readonly namespaces: readonly string[];
  readonly wishes: AlbWishes;
  /** Whether its clients show a certificate. */
  readonly mutualTls: boolean;
}

/** The Ingresses of an app that share a load balancer. */
export class AlbGroup {
  static of(construct: IConstruct, name: string): AlbGroup {
    const root = construct.node.root as IConstruct & WithGroups;
    root[GROUPS] ??= new Map();
    const group = root[GROUPS].get(name) ?? new AlbGroup(root);
    root[GROUPS].set(name, group);
    return group;
  }

  readonly #members: AlbMember[] = [];
  readonly #refused = new Set<string>();

  private constructor(readonly root: IConstruct) {}

  join(member: AlbMember): void {
    this.#members.push(member);
  }

  /** The hosts that no Ingress of the group refuses so far; from now on this one does. */
  refuse(hosts: readonly string[]): string[] {
    const added = hosts.filter((host) => !this.#refused.has(host));
    for (const host of added) this.#refused.add(host);
    return added;
  }

  /** What the member wants, else what another one does, else the default; the controller refuses two answers. */
  settled(member: AlbMember): { scheme: string; sslPolicy: string; idleSeconds: number } {
    const wishes = [member, ...this.#members].map(({ wishes }) => wishes);
    const idle = wishes.find(({ idleTimeout }) => idleTimeout)?.idleTimeout;
    return {
      scheme: wishes.find(({ scheme }) => scheme)?.scheme ?? AlbScheme.INTERNAL,
      sslPolicy: wishes.find(({ sslPolicy }) => sslPolicy)?.sslPolicy ?? 'ELBSecurityPolicy-TLS13-1-2-2021-06',
      idleSeconds: idle?.toSeconds() ?? this.#defaultIdleSeconds(),
    };
  }

  /** Those whose clients are asked for a certificate because others of the group want to see one. */
  withoutCertificates(): string[] {
    return this.#members.filter(({ mutualTls }) => !mutualTls).map(({ path }) => path);
  }

  /** One line for each other Ingress that takes all requests of one of the member's rules, before it comes to that. */
  shadowed(member: AlbMember): string[] {
    return this.#before(member).flatMap((other) => {
      const rule = member.rules.find((rule) => other.rules.some((earlier) => takesAllOf(earlier, rule)));
      if (!rule) return [];
      return [
        describe('EDGE_ERR_ALB_GROUP', {
          at: `rule ${rule.name} of Ingress ${member.key}`,
          value: `${rule.hosts.join(', ')} ${rule.paths.join(', ')}`,
          rule: `Ingress ${other.key} of the same group comes first (${other.order} before ${member.order}), and takes every such request`,
          fix: 'Give one of them another groupOrder, other hosts, or another groupName',
        }),
      ];
    });
  }

  /** The models that answer through the group and may take longer than the member lets them. */
  impatience({ wishes, path }: AlbMember): string[] {
    const seconds = wishes.idleTimeout?.toSeconds();
    if (seconds === undefined) return [];
    return this.#models()
      .filter(({ timeout }) => timeout.toSeconds() >= seconds)
      .map(({ node, timeout }) =>
        describe('EDGE_ERR_VALUE', {
          at: `idleTimeout of ${path}`,
          value: `${seconds} s`,
          rule: `model ${node.path} may take ${timeout.toSeconds()} s, and the load balancer would answer 504 before it does`,
          fix: 'Make it longer, or leave it out',
        }),
      );
  }

  #before(member: AlbMember): AlbMember[] {
    return this.#members.filter(
      (other) =>
        other !== member && (other.order < member.order || (other.order === member.order && other.key < member.key)),
    );
  }

  #defaultIdleSeconds(): number {
    const slowest = this.#models().map(({ timeout }) => timeout.toSeconds() + MARGIN_SECONDS);
    return Math.max(LEAST_IDLE_SECONDS, ...slowest);
  }

  #models(): InferenceModel[] {
    const namespaces = new Set(this.#members.flatMap(({ namespaces }) => namespaces));
    const models = this.root.node.findAll().filter((construct) => InferenceModel.isInferenceModel(construct));
    return models.filter(({ namespace }) => namespaces.has(namespace));
  }
}

function takesAllOf(earlier: AlbRule, rule: AlbRule): boolean {
  if (earlier.header) return false;
  return covered(earlier.hosts, rule.hosts) && covered(earlier.paths, rule.paths);
}

function covered(outer: readonly string[], inner: readonly string[]): boolean {
  return inner.every((one) => outer.some((pattern) => albPatternCovers(pattern, one)));
}
