// What a user would apply: a shop with a Deployment and a Service, and the edits that break it.

/** How a Deployment differs from a healthy one. */
export type DeploymentOptions = {
  readonly namespace: string;
  readonly name?: string;
  readonly image?: string;
  readonly replicas?: number;
  /** Fault label of the pod template (stages/faults.yaml). */
  readonly chaos?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Merged into the container. */
  readonly container?: object;
  /** Merged into the pod's spec. */
  readonly pod?: object;
};

/** A namespace. */
export function namespace(name: string): object {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name } };
}

/** A Deployment of two replicas, named `web` unless told otherwise. */
export function deployment(options: DeploymentOptions): object {
  const { namespace: ns, name = "web", image = `registry.example.com/${name}:1.0.0`, replicas = 2, chaos, annotations = {} } = options;
  const container = {
    name,
    image,
    ports: [{ containerPort: 8080 }],
    readinessProbe: { httpGet: { path: "/healthz", port: 8080 } },
    resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { memory: "256Mi" } },
    ...options.container,
  };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: ns },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name, ...(chaos ? { chaos } : {}) }, annotations },
        spec: { containers: [container], ...options.pod },
      },
    },
  };
}

/** A Service in front of a Deployment of the same name. */
export function service(ns: string, name = "web", selector: object = { app: name }, targetPort: number | string = 8080): object {
  return { apiVersion: "v1", kind: "Service", metadata: { name, namespace: ns }, spec: { selector, ports: [{ port: 80, targetPort }] } };
}

/** A claim of 1 GiB. */
export function claim(ns: string, name: string, storageClassName: string): object {
  const spec = { accessModes: ["ReadWriteOnce"], storageClassName, resources: { requests: { storage: "1Gi" } } };
  return { apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name, namespace: ns }, spec };
}
