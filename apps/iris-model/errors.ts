/** Named and answered as KServe does; the server replies with the error's own status code. */
export class InvalidInput extends Error {
  readonly statusCode = 400;
}

export class ModelNotFound extends Error {
  readonly statusCode = 404;

  constructor(name: string) {
    super(`Model with name ${name} does not exist.`);
  }
}
