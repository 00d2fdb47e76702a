/** What Camel is told in URIs, which the operator also reads to find out what to put into the image. */

/** A week, as the bridge's. */
const SESSION_EXPIRY_SECONDS = 604_800;
const MAX_RECONNECT_DELAY_MS = 30_000;

/** Who Camel is at a broker. */
export interface CamelLogin {
  /** `mqtt://`, host and port. */
  readonly brokerUrl: string;
  readonly user: string;
  /** The property that holds the password: the key of the mounted Secret. */
  readonly passwordProperty: string;
}

/** Says why Camel would not read a topic from a URI as it was written there, or nothing when it would. */
export function uriTopicProblem(topic: string): string | undefined {
  if (/^[\w.~-]+(\/[\w.~-]+)*$/.test(topic)) return undefined;
  return 'Camel reads it from a URI, which has letters, digits and . _ ~ - in levels between single slashes';
}

/** Says why a password would not be read from a URI as it is, or nothing when it would. */
export function uriPasswordProblem(password: string): string | undefined {
  if (/\)&|\{\{/.test(password))
    return 'Camel reads it from a URI, in which ")&" would end it and "{{" begin a property';
  return undefined;
}

/**
 * The subscription to a request topic, at QoS 1 in a session that outlives the connection: in MQTT 5 it takes both a
 * clean start that is off and an expiry, or the session ends with the connection.
 *
 * @see https://camel.apache.org/components/4.8.x/paho-mqtt5-component.html
 */
export function consumerUri(topic: string, clientId: string, login: CamelLogin): string {
  return mqttUri(topic, login, {
    clientId,
    cleanStart: 'false',
    sessionExpiryInterval: String(SESSION_EXPIRY_SECONDS),
    maxReconnectDelay: String(MAX_RECONNECT_DELAY_MS),
  });
}

/**
 * A topic to publish to, at QoS 1. Without a client id, which Camel then draws: it makes several producers of one
 * endpoint, and with one id they would end each other's connections for ever.
 */
export function producerUri(topic: string, login: CamelLogin): string {
  return mqttUri(topic, login, { maxReconnectDelay: String(MAX_RECONNECT_DELAY_MS) });
}

function mqttUri(topic: string, { brokerUrl, user, passwordProperty }: CamelLogin, options: Record<string, string>) {
  const parameters = {
    // Paho's name for the scheme.
    brokerUrl: brokerUrl.replace(/^mqtt:/, 'tcp:'),
    qos: '1',
    userName: user,
    // RAW keeps what is special in URIs as it is.
    password: `RAW({{${passwordProperty}}})`,
    ...options,
  };
  return `paho-mqtt5:${topic}?${query(parameters)}`;
}

/** A call in the words of Camel 4. */
export function callUri(url: string, timeoutMs: number | string): string {
  return `${url}?${query({ httpMethod: 'POST', connectTimeout: timeoutMs, responseTimeout: timeoutMs })}`;
}

/** A call in the words of Camel 3, whose HTTP client is another. */
export function callUriOfCamel3(url: string, timeoutMs: number | string): string {
  const timeouts = { 'httpClient.connectTimeout': timeoutMs, 'httpClient.socketTimeout': timeoutMs };
  return `${url}?${query({ httpMethod: 'POST', ...timeouts })}`;
}

function query(parameters: Record<string, string | number>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}
