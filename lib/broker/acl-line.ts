/** Says why a topic would not be read from Mosquitto's ACL file as it was written there, or nothing when it would. */
export function aclLineProblem(topic: string): string | undefined {
  return topic === topic.trim() ? undefined : 'Mosquitto drops blanks at the ends of a line of its ACL file';
}
