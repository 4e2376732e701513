// A function as AWS Lambda runs them, without Lambda: each line of the standard input is an event.
//   printf 'book\nlamp\nbook\n' | dotnet run --project examples/Lambda
using Lambda;

Runtime.Prepare("orders");
using var function = new OrderFunction();
Runtime.Run(function.Handle);
