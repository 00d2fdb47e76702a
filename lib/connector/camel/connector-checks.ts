import type { Credentials } from '../../broker/credentials';
import type { Mosquitto } from '../../broker/mosquitto';
import { EdgeError } from '../../errors';
import { dnsLabelProblem, workloadNameProblem } from '../../naming/kubernetes-names';
import { CamelRendering } from './camel-rendering';
import type { CamelConnectorProps } from './connector-props';
import { uriPasswordProblem } from './uris';

const MOST_REDELIVERIES = 100;

/** The props of a connector, with some defaults filled in. */
interface Checked extends CamelConnectorProps {
  readonly name: string;
  readonly namespace: string;
  readonly rendering: CamelRendering;
}

/** @throws EdgeError EDGE_ERR_NAME, EDGE_ERR_VALUE, EDGE_ERR_CREDENTIALS or EDGE_ERR_BROKER_TLS */
export function checkConnector(props: Checked): void {
  checkName('name', props.name, workloadNameProblem(props.name));
  checkName('namespace', props.namespace, dnsLabelProblem(props.namespace));
  for (const [i, namespace] of (props.servingNamespaces ?? []).entries()) {
    checkName(`servingNamespaces[${i}]`, namespace, dnsLabelProblem(namespace));
  }
  checkBroker(props.broker);
  if (props.credentials) checkCredentials(props.credentials);
  checkRedelivery(props);
  if (props.resources?.ephemeralStorage) {
    throw wrong('resources.ephemeralStorage', 'set', 'Camel K has no trait for it', 'Leave it out');
  }
}

function checkName(prop: string, value: string, rule: string | undefined): void {
  if (!rule) return;
  throw new EdgeError('EDGE_ERR_NAME', { at: `CamelConnector.${prop}`, value, rule, fix: 'Choose another one' });
}

function checkBroker({ mqttUrl, node }: Mosquitto): void {
  if (!mqttUrl.startsWith('mqtts:')) return;
  throw new EdgeError('EDGE_ERR_BROKER_TLS', {
    at: `the listeners of broker ${node.path}`,
    value: mqttUrl,
    rule: "Camel trusts the Java runtime's authorities only, which sign no names of a cluster",
    fix: 'Leave plainListeners on, or use an InferenceBridge',
  });
}

function checkCredentials(credentials: Credentials): void {
  const { secret, certificate } = credentials;
  const at = 'CamelConnector.credentials';
  if (certificate) {
    const fix = 'Use Credentials.fromSecret(..) or Credentials.fromEnv(..)';
    const rule = 'Camel logs in with a password';
    throw new EdgeError('EDGE_ERR_CREDENTIALS', { at, value: 'Credentials.fromCertificate()', rule, fix });
  }
  if (secret?.key.endsWith('.properties')) {
    const rule = 'newer Camels read a file of this ending as a list of properties, and not as the password';
    throw wrong('credentials', secret.key, rule, 'Use another key of the Secret');
  }
  const rule = uriPasswordProblem(credentials._reveal() ?? '');
  if (rule) {
    const fix = 'Draw another one: openssl rand -hex 16';
    throw new EdgeError('EDGE_ERR_CREDENTIALS', { at, value: 'a password with one of these', rule, fix });
  }
}

function checkRedelivery({ rendering, maximumRedeliveries, redeliveryDelay }: Checked): void {
  const found = maximumRedeliveries ?? (redeliveryDelay && `${redeliveryDelay.toMilliseconds()} ms`);
  if (rendering === CamelRendering.PIPE && found !== undefined) {
    const prop = maximumRedeliveries === undefined ? 'redeliveryDelay' : 'maximumRedeliveries';
    const rule = "the operator of Camel K 2.6 and later drops the parameters of a Pipe's error handler";
    throw wrong(prop, found, rule, 'Leave it out, or use CamelRendering.INTEGRATION');
  }
  const count = maximumRedeliveries ?? 0;
  if (!(Number.isInteger(count) && count >= 0 && count <= MOST_REDELIVERIES)) {
    const rule = `it is a whole number from 0 to ${MOST_REDELIVERIES}: Camel takes a negative one for "for ever"`;
    throw wrong('maximumRedeliveries', count, rule, 'Choose one of those');
  }
}

function wrong(prop: string, value: unknown, rule: string, fix: string): EdgeError {
  return new EdgeError('EDGE_ERR_VALUE', { at: `CamelConnector.${prop}`, value, rule, fix });
}
