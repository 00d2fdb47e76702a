/** Says why a topic would not be read from Mosquitto's ACL file as it was written there, or nothing when it would. */
export function aclLineProblem(topic: string): string | undefined {
  if (/^\$share\//.test(topic))
    return 'Mosquitto checks shared subscriptions against the filter after "$share/<group>/"';
  return topic === topic.trim() ? undefined : 'Mosquitto drops blanks at the ends of a line of its ACL file';
}
