import { EdgeError } from '../errors';

/** @throws EdgeError EDGE_ERR_VALUE for what no container runtime takes for an image */
export function validImage(at: string, image: string): string {
  if (/^\S+$/.test(image)) return image;
  throw new EdgeError('EDGE_ERR_VALUE', {
    at,
    value: image,
    rule: 'an image reference has at least one character and no blanks',
    fix: 'Give registry, name and tag, docker.io/library/node:24-alpine for instance',
  });
}
