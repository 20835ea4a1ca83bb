/** What a customer orders. */
export interface Order {
  readonly number: number;
  /** What goes wrong with this order, if anything. */
  readonly trouble: 'none' | 'card declined' | 'slow stock';
}

/** What is to be paid for an order. */
export interface Payment extends Order {
  /** In euros. */
  readonly amount: number;
}

/** A request to an HTTP API, as far as the shop reads it. */
export interface HttpEvent {
  readonly pathParameters?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What the API is answered. */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly body: string;
}

/** The order that a request is about. */
export const orderIn = ({ body = '' }: HttpEvent): Order => JSON.parse(body) as Order;
