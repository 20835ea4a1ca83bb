/** An error of the name by which Lambda reports its kind, such as `Runtime.HandlerNotFound`. */
export const namedError = (name: string, message: string): Error => Object.assign(new Error(message), { name });
