import { EdgeError } from '../../errors';
import { dnsSubdomainProblem } from '../../naming/kubernetes-names';

/** A name and a password that the controller asks for before it passes a request on. */
export class BasicAuth {
  /**
   * Users from a Secret in the namespace of the routes, under the one key `auth`, a line for each as `htpasswd -nB`
   * writes it. Traefik wants no second key beside it; ingress-nginx wants this name.
   *
   * @param realm shown by browsers when they ask for the password. @default 'restricted'
   * @throws EdgeError EDGE_ERR_NAME for a name that no Secret can have; EDGE_ERR_VALUE for a realm with quotes or of no
   * characters
   */
  static fromSecret(secretName: string, realm: string = 'restricted'): BasicAuth {
    const rule = dnsSubdomainProblem(secretName);
    if (rule) {
      const at = 'BasicAuth.fromSecret(secretName)';
      throw new EdgeError('EDGE_ERR_NAME', { at, value: secretName, rule, fix: 'Use the name of the Secret' });
    }
    if (!/^[A-Za-z0-9 ._-]+$/.test(realm)) {
      throw new EdgeError('EDGE_ERR_VALUE', {
        at: 'BasicAuth.fromSecret(.., realm)',
        value: realm,
        rule: 'a realm here has letters, digits, blanks and . _ -',
        fix: 'Choose other words',
      });
    }
    return new BasicAuth(secretName, realm);
  }

  readonly secretName: string;
  readonly realm: string;

  private constructor(secretName: string, realm: string) {
    this.secretName = secretName;
    this.realm = realm;
  }
}
