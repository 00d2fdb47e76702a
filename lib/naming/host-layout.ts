/** How the host of a model is made of its name, its namespace and the domain; the values are Knative's templates. */
export enum HostLayout {
  /** `<model>.<namespace>.<domain>`, Knative's default: a certificate needs a wildcard name for each namespace. */
  PER_NAMESPACE = '{{.Name}}.{{.Namespace}}.{{.Domain}}',
  /** `<model>-<namespace>.<domain>`: one wildcard name covers all of them. */
  FLAT = '{{.Name}}-{{.Namespace}}.{{.Domain}}',
}
