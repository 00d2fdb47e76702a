/** The part of Kubernetes' pod types that this library writes, as plain data: nothing is lost on the way to a manifest. */

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: string[];
  readonly args?: string[];
  readonly env?: EnvironmentVariable[];
  readonly ports?: ContainerPort[];
  readonly volumeMounts: VolumeMount[];
  readonly resources: object;
  readonly securityContext: object;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly startupProbe?: Probe;
  readonly lifecycle?: { readonly preStop: { readonly exec: { readonly command: string[] } } };
}

/** A value in clear, or where in a Secret, or in the pod, it is. */
export interface EnvironmentVariable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly secretKeyRef?: { readonly name: string; readonly key: string };
    readonly fieldRef?: { readonly fieldPath: string };
  };
}

interface ContainerPort {
  readonly name: string;
  readonly containerPort: number;
  readonly protocol: 'TCP';
}

export interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly readOnly?: boolean;
}

interface Probe {
  readonly httpGet?: { readonly path: string; readonly port: string };
  readonly tcpSocket?: { readonly port: string };
  readonly periodSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly failureThreshold?: number;
}

/** Which entry of a Secret or ConfigMap becomes which file. */
interface KeyToPath {
  readonly key: string;
  readonly path: string;
}

export interface ProjectedSource {
  readonly secret?: { readonly name: string; readonly items?: KeyToPath[] };
  readonly configMap?: { readonly name: string; readonly items?: KeyToPath[] };
  readonly serviceAccountToken?: {
    readonly path: string;
    /** Who the token is for. Without one it is for the API server. */
    readonly audience?: string;
    readonly expirationSeconds: number;
  };
}

export interface Volume {
  readonly name: string;
  readonly configMap?: { readonly name: string };
  readonly secret?: { readonly secretName: string; readonly defaultMode: number };
  readonly projected?: { readonly defaultMode?: number; readonly sources: ProjectedSource[] };
  readonly emptyDir?: { readonly medium?: 'Memory'; readonly sizeLimit: string };
  readonly persistentVolumeClaim?: { readonly claimName: string };
}

interface PodSpec {
  readonly serviceAccountName: string;
  readonly automountServiceAccountToken: false;
  readonly enableServiceLinks: false;
  readonly shareProcessNamespace?: true;
  readonly terminationGracePeriodSeconds: number;
  readonly securityContext: object;
  readonly topologySpreadConstraints?: object[];
  readonly initContainers?: Container[];
  readonly containers: Container[];
  readonly volumes: Volume[];
}

export interface PodTemplate {
  readonly metadata: { readonly labels: Record<string, string>; readonly annotations: Record<string, string> };
  readonly spec: PodSpec;
}

/**
 * What the "restricted" Pod Security Standard asks of a pod, for one user that owns its volumes.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export function restrictedPod(uid: number): object {
  return {
    runAsNonRoot: true,
    runAsUser: uid,
    runAsGroup: uid,
    fsGroup: uid,
    fsGroupChangePolicy: 'OnRootMismatch',
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

/** What the "restricted" Pod Security Standard asks of a container, and a read-only root besides. */
export const RESTRICTED_CONTAINER = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
};
