import time


def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


start = time.process_time()
result = fibonacci(27)
print(time.process_time() - start, result)
