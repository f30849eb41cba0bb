// Everything that crosses into libc is blittable.
[assembly: System.Runtime.CompilerServices.DisableRuntimeMarshalling]
