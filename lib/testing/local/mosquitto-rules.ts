import { pbkdf2Sync, timingSafeEqual } from 'node:crypto';
import { filterMatches } from '../../../bridge/config/topics';

/** Checks passwords against the lines of a Mosquitto password file. */
export function passwordChecker(passwordFile: string): (user: string, password: string) => boolean {
  const lines = new Map(passwordFile.split('\n').filter(Boolean).map(parsePasswordLine));
  return (user, password) => {
    const line = lines.get(user);
    if (!line) return false;
    const digest = pbkdf2Sync(password, line.salt, line.iterations, line.digest.length, 'sha512');
    return timingSafeEqual(digest, line.digest);
  };
}

/** Answers what a Mosquitto ACL file allows. */
export function aclChecker(aclFile: string): (user: string, access: 'read' | 'write', topic: string) => boolean {
  const rules = new Map<string, { access: string; filter: string }[]>();
  let user = '';
  for (const line of aclFile.split('\n')) {
    const [word = '', ...rest] = line.split(' ');
    if (word === 'user') user = rest.join(' ');
    if (word === 'topic')
      rules.set(user, [...(rules.get(user) ?? []), { access: rest[0] ?? '', filter: rest.slice(1).join(' ') }]);
  }
  return (user, access, topic) =>
    (rules.get(user) ?? []).some(
      (rule) => (rule.access === access || rule.access === 'readwrite') && filterMatches(rule.filter, topic),
    );
}

function parsePasswordLine(line: string): [user: string, hash: { iterations: number; salt: Buffer; digest: Buffer }] {
  const [user = '', hash = ''] = line.split(':');
  const [, , iterations, salt = '', digest = ''] = hash.split('$');
  return [
    user,
    { iterations: Number(iterations), salt: Buffer.from(salt, 'base64'), digest: Buffer.from(digest, 'base64') },
  ];
}
