/** Which line of Mosquitto an image has: what its configuration is written for. */
export class MosquittoVersion {
  /** 2.0.22 and later 2.0: users and access list are options of the broker. */
  static readonly V2_0 = new MosquittoVersion('2.0', 'docker.io/library/eclipse-mosquitto:2.0.22');
  /** 2.1.1 and later 2.x: users and access list are plugins, as 3.0 will ask for. */
  static readonly V2_1 = new MosquittoVersion('2.1', 'docker.io/library/eclipse-mosquitto:2.1.2-alpine');

  readonly name: '2.0' | '2.1';
  /** The official image of this line that is used unless told otherwise. */
  readonly image: string;

  private constructor(name: '2.0' | '2.1', image: string) {
    this.name = name;
    this.image = image;
  }
}
