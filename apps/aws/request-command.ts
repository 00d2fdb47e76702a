import type { AuthConfig } from './config';
import { dashboardHost } from './exposure';

/** Two flowers. The model takes both for versicolor, and answers {"predictions":[1,1]}. */
const REQUEST = '{"instances":[[6.8,2.8,4.8,1.4],[6.0,3.4,4.5,1.6]]}';

const TOKEN_REQUEST = [
  'curl --silent --user "$(pulumi stack output clientId):$(pulumi stack output clientSecret --show-secrets)"',
  '--data grant_type=client_credentials --data "scope=$(pulumi stack output scope)"',
  '"$(pulumi stack output tokenEndpoint)"',
].join(' ');
const ACCESS_TOKEN = `sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/'`;

/**
 * What asks the model over HTTPS, to be run by a shell where Pulumi has the stack. No secret is in it: the shell asks
 * Pulumi for them.
 *
 * @param url the model's, for predictions by protocol V1
 */
export function httpsCommand(auth: AuthConfig, url: string, domain: string): string {
  switch (auth.kind) {
    case 'header':
    case 'cognito':
      return ask(url, `${auth.header.name}: $(pulumi config get apiToken)`);
    case 'jwt':
      return [`TOKEN=$(${TOKEN_REQUEST} | ${ACCESS_TOKEN})`, ask(url, 'Authorization: Bearer $TOKEN')].join('\n');
    case 'dex':
      return [...dexLogin(dashboardHost(domain)), ask(url, 'Cookie: $COOKIES')].join('\n');
  }
}

/** The same over MQTT, by the bridge's command line. */
export function mqttCommand(topic: string): string {
  return [
    'node bundle/bridge.cjs request --broker "$(pulumi stack output mqttEndpoint)"',
    `--username camera-7 --password-file <(pulumi config get cameraPassword) --topic ${topic} --data '${REQUEST}'`,
  ].join(' ');
}

function ask(url: string, header: string): string {
  return `curl --header "${header}" --json '${REQUEST}' ${url}`;
}

/** A login by password, through the pages that a browser would show. Sessions are for the dashboard's host alone. */
function dexLogin(host: string): string[] {
  const session = 'curl --silent --location --cookie jar --cookie-jar jar --output page';
  return [
    `PAGE=$(${session} --write-out '%{url_effective}' https://${host}/oauth2/start)`,
    `${session} --data-urlencode "login=$USERNAME" --data-urlencode "password=$PASSWORD" "$PAGE"`,
    `COOKIES=$(awk '$6 ~ /^oauth2_proxy_kubeflow/ { printf "%s=%s; ", $6, $7 }' jar)`,
  ];
}
