import { type EdgeApp, TraefikInstallation } from '../../../lib';
import { maximalAccess, openAccess } from './maximal-access';
import { maximalAlb } from './maximal-alb';
import { maximalBridge } from './maximal-bridge';
import { maximalBroker } from './maximal-broker';
import { maximalCamel } from './maximal-camel';
import { maximalCertificates } from './maximal-certificates';
import { maximalEntry } from './maximal-entry';
import { maximalLogins } from './maximal-logins';
import { MAXIMAL_ENTRIES, maximalMl } from './maximal-ml';
import { maximalProvider } from './maximal-provider';
import { maximalRabbitMq } from './maximal-rabbitmq';
import { maximalServing, maximalStandardServing } from './maximal-serving';
import { maximalStack } from './maximal-stack';

/**
 * Stacks that together set every prop of every construct. What must hold for any manifest is tested on these: the
 * schemas, the escape hatches, and that no secret is where it does not belong.
 */
export const MAXIMAL_STACKS: [name: string, build: (app: EdgeApp) => unknown][] = [
  [
    'a stack with everything, Traefik by Helm',
    (app) => maximalStack(app, { installation: TraefikInstallation.helm() }),
  ],
  ['a stack with everything, Traefik by k3s', (app) => maximalStack(app, { installation: TraefikInstallation.k3s() })],
  ['everything that serves, on Knative', maximalServing],
  ['everything that serves, without Knative', maximalStandardServing],
  ['brokers with TLS, certificates and a parent', maximalBroker],
  ['bridges of several pods, and what watches them', maximalBridge],
  ['certificates and DNS records', maximalCertificates],
  ['who may call the models', maximalAccess],
  ['models that are open to everybody', openAccess],
  ['bridges that log in to models', maximalLogins],
  ['load balancers of AWS', maximalAlb],
  ['brokers behind Traefik and Gateways', maximalEntry],
  ['RabbitMQ, with an operator and without', maximalRabbitMq],
  ['providers and gateways', maximalProvider],
  ...MAXIMAL_ENTRIES.map(([name, entry]): (typeof MAXIMAL_STACKS)[number] => [
    `ML services behind ${name}`,
    (app) => maximalMl(app, entry),
  ]),
  ['Camel K as the connector', maximalCamel],
];
