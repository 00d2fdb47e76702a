/** What a route becomes in the cluster, and so which Camel K can run it. */
export enum CamelRendering {
  /**
   * One Integration per route, in Camel's YAML DSL: the only one that repeats failed calls. For Camel K 2.
   *
   * @see https://camel.apache.org/camel-k/2.10.x/running/running.html
   */
  INTEGRATION = 'Integration',
  /**
   * One Pipe per route, with a Kamelet for the call. For Camel K 2.9 and later, whose operator drops the parameters of a
   * Pipe's error handler: a call that failed is not repeated.
   *
   * @see https://camel.apache.org/camel-k/2.10.x/pipes/pipes.html
   */
  PIPE = 'Pipe',
  /**
   * One KameletBinding per route, with a Kamelet for the call. For Camel K 1.12; Camel K 2.6 removed it.
   *
   * @see https://camel.apache.org/camel-k/1.12.x/kamelets/kameletbindings.html
   */
  KAMELET_BINDING = 'KameletBinding',
}
