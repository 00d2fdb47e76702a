/** A model behind an Open Inference Protocol server that speaks gRPC: `grpc://host:port/model/versions/1`. */
export interface GrpcModel {
  /** The server's address, with the protocol that gRPC is carried by: `http:`, or `https:` for `grpcs:`. */
  readonly address: URL;
  readonly model: string;
  /** Empty for the one that the server chooses. */
  readonly version: string;
}

export const GRPC_SCHEMES = ['grpc', 'grpcs'];

const URL_PARTS = /^grpc(?<secure>s?):\/\/(?<host>[^/?#]+)\/(?<model>[^/?#]+)(?:\/versions\/(?<version>[^/?#]+))?$/;
/** What gRPC, or HTTP/2 below it, writes itself. */
const OWN_HEADERS = new Set([
  'connection',
  'content-length',
  'content-type',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);

export function isGrpcUrl(url: string): boolean {
  return GRPC_SCHEMES.some((scheme) => url.startsWith(`${scheme}://`));
}

/** @param url of which `grpcUrlProblem` found nothing wrong */
export function readGrpcUrl(url: string): GrpcModel {
  const { secure, host, model = '', version = '' } = URL_PARTS.exec(url)?.groups ?? {};
  const address = new URL(`${secure ? 'https' : 'http'}://${host}`);
  return { address, model: decodeURIComponent(model), version: decodeURIComponent(version) };
}

/** Says why a URL of gRPC leads to no model, or nothing when it does, or is none of gRPC. */
export function grpcUrlProblem(url: string): string | undefined {
  if (!isGrpcUrl(url)) return undefined;
  if (!URL_PARTS.test(url))
    return 'gRPC has no paths: it is grpc://host:port/<model>, or grpc://host:port/<model>/versions/<version>';
  try {
    readGrpcUrl(url);
    return undefined;
  } catch {
    return 'its host or the name of the model in it cannot be read';
  }
}

/** Says why a header cannot go along with a gRPC call, or nothing when it can. */
export function grpcHeaderProblem(name: string): string | undefined {
  const lowerCase = name.toLowerCase();
  if (OWN_HEADERS.has(lowerCase) || lowerCase.startsWith('grpc-')) return 'gRPC writes itself';
  return lowerCase.endsWith('-bin') ? 'gRPC takes for bytes in base64' : undefined;
}
