/**
 * The rules MQTT has for topic names and topic filters.
 *
 * @see https://docs.oasis-open.org/mqtt/mqtt/v5.0/os/mqtt-v5.0-os.html#_Toc3901241
 */

const MAX_TOPIC_BYTES = 65_535;

/** Says why `topic` is not a name a message can be published to, or nothing when it is one. */
export function topicNameProblem(topic: string): string | undefined {
  if (topic === '') return 'a topic name has at least one character';
  if (/[+#]/.test(topic)) return 'a topic name has no wildcard (+ or #)';
  if (topic.startsWith('$')) return 'topics that begin with $ belong to the broker';
  return commonProblem(topic);
}

/** Says why `filter` is not a topic filter, or nothing when it is one. */
export function topicFilterProblem(filter: string): string | undefined {
  if (filter === '') return 'a topic filter has at least one character';
  const levels = filter.split('/');
  if (levels.some((level) => level.includes('+') && level !== '+')) return 'a + stands for a whole topic level';
  if (levels.some((level, i) => level.includes('#') && (level !== '#' || i !== levels.length - 1))) {
    return 'a # stands alone at the end of a topic filter';
  }
  return commonProblem(filter);
}

/** Whether a message published to `topic` reaches a subscriber of `filter`. */
export function filterMatches(filter: string, topic: string): boolean {
  if (topic.startsWith('$') && /^[+#]/.test(filter)) return false;
  const wanted = filter.split('/');
  const levels = topic.split('/');
  for (const [i, level] of wanted.entries()) {
    if (level === '#') return true;
    if (i >= levels.length) return false;
    if (level !== '+' && level !== levels[i]) return false;
  }
  return wanted.length === levels.length;
}

/** Whether there is a topic that both filters match. */
export function filtersOverlap(a: string, b: string): boolean {
  if ((a.startsWith('$') && /^[+#]/.test(b)) || (b.startsWith('$') && /^[+#]/.test(a))) return false;
  const [left, right] = [a.split('/'), b.split('/')];
  for (let i = 0; ; i += 1) {
    const [one, other] = [left[i], right[i]];
    if (one === '#' || other === '#') return true;
    if (one === undefined || other === undefined) return one === other;
    if (one !== other && one !== '+' && other !== '+') return false;
  }
}

function commonProblem(topic: string): string | undefined {
  if (hasControlCharacter(topic)) return 'a topic has no control characters';
  if (Buffer.byteLength(topic) > MAX_TOPIC_BYTES) return `a topic is at most ${MAX_TOPIC_BYTES} bytes of UTF-8`;
  return undefined;
}

function hasControlCharacter(text: string): boolean {
  return [...text].some((character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x20 || (code >= 0x7f && code < 0xa0);
  });
}
